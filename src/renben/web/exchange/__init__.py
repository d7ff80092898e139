"""The only door between the web and the workspace: what is published, what is taken in."""
