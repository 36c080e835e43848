"""New from a prompt: prepared; it says what a model needs."""

from screens.base.prepared import PreparedScreen


class PromptScreen(PreparedScreen):
    PLACE = "prompt"
    TITLE_WORDS = "New from a prompt"
    SENTENCE = "Describe a project in a sentence, and a model writes it, runs its tests and opens it in the editor."
    MISSING = "No model is set up. Set these in your shell, then start VibeCode again:"
    STEPS = (
        ("A key", "export VIBECODE_AI_KEY=…"),
        ("Which model", "export VIBECODE_AI_MODEL=provider/model"),
        ("Or one of your own", "export VIBECODE_AI_URL=http://localhost:11434/v1"),
        ("Meanwhile", "2 has templates to start from"),
    )
