"""What a person sees: screens, widgets and presenters of the terminal application."""
