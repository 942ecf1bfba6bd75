"""Who is calling, and what may they do? No HTTP words here, but for the header that says it.

::

    grants        rights on subjects by pattern, roles; pure values
    access        the file that gives grants to people and machines
    tokens        making, rotating and ending tokens
    credentials   from an ``Authorization`` header to a `Caller`
    oidc          tokens of an identity provider
    seen          a store as one caller sees it
    rates         how often one caller may ask
"""
