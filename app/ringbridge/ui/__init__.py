"""The tray program: application, coordinator, tray, cards, dialogs and their words."""
