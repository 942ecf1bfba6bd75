"""For all tests: how long a drawn example takes is the machine's business, and no test's."""

from hypothesis import settings

settings.register_profile("lading", deadline=None)
settings.load_profile("lading")
