"""Pictures of figures: matplotlib draws, and the drawing becomes SVG that follows the theme of its page."""
