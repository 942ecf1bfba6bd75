"""Is this contract well made? The room for lint rules; there is none yet."""
