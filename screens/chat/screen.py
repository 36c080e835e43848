"""Chat: prepared; it says what a model needs."""

from screens.base.prepared import PreparedScreen


class ChatScreen(PreparedScreen):
    PLACE = "chat"
    TITLE_WORDS = "Chat"
    SENTENCE = "Ask for a change to a workspace, look at each hunk, take it or leave it, and undo it."
    MISSING = "No model is set up. Set these in your shell, then start VibeCode again:"
    STEPS = (
        ("A key", "export VIBECODE_AI_KEY=…"),
        ("Which model", "export VIBECODE_AI_MODEL=provider/model"),
        ("Or one of your own", "export VIBECODE_AI_URL=http://localhost:11434/v1"),
    )
