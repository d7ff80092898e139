"""Closed cases drawn by lot and looked at again by another office: was what was decided right, and was it done?"""
