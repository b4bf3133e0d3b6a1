"""Who is away, who acts."""
