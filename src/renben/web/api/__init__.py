"""API: the programme and the monitoring as JSON, under the same permissions as the pages."""
