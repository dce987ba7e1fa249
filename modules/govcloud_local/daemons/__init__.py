"""Long-running programs: started, known again, watched, and stopped in order."""
