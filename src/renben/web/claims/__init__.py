"""Services one by one, claims of what somebody is entitled to, offers, and how far they are taken up."""
