"""What happens when an EHR calls: read what it brings, ask for the rest, assess, record, and answer."""
