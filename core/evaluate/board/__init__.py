"""Rows beside each other: who is better, by how much, at what cost, on which scans."""
