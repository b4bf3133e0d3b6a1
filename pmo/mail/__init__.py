"""Mail: drafts as values, rendering, transport."""
