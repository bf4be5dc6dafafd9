"""What the pages that read a scan share."""
