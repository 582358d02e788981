"""What a case may do, who may do it, and what it means. No database, no framework, no clock."""
