"""What a person takes home: the report of a reading (PDF), the page of a comparison (HTML)."""
