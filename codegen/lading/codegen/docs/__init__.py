"""The docs site of a workspace: plain Markdown on disk first, then HTML through a builder."""

from lading.codegen.docs.build import SiteError, build_site
from lading.codegen.docs.serve import serve_site, site_server
from lading.codegen.docs.source import write_site_source

__all__ = ["SiteError", "build_site", "serve_site", "site_server", "write_site_source"]
