"""Privacy: nothing personal is readable in a dump or a log. Run: python -m tests.privacy --registrations 10000."""
