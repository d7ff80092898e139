"""Exchange: the only door between the web and the workspace, and between this service and other systems.

No person's number or key passes to the workspace; towards other systems, only signed messages that were agreed on.
"""
