"""Is this contract well made? No lint rule exists yet; they arrive with issue 3."""
