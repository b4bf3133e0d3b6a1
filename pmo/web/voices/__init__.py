"""Where the voices disagree, who is silent, which decisions are wanted."""
