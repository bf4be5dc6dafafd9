"""What altered scans do to the answers."""
