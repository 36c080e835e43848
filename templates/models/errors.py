"""What can go wrong when a language model is asked, each with an action that can work."""

from templates.errors import VibeCodeError


class ModelError(VibeCodeError):
    """The model's server refused a request, or its answer cannot be used."""

    code = "model-request-refused"
    title = "The model's server refused the request"
    hint = "`vibecode models test` shows whether it answers at all; `vibecode models` lists others."


class NoKeyError(ModelError):
    code = "model-key-missing"
    title = "There is no key for the model's server"
    hint = "`vibecode models login` signs in to OpenRouter; `vibecode models key` takes a key of any other server."


class WrongKeyError(ModelError):
    code = "model-key-wrong"
    title = "The model's server does not take the key"
    hint = "`vibecode models login` makes a new one for OpenRouter; `vibecode models key` takes another."


class InsecureServerError(ModelError):
    code = "model-server-insecure"
    title = "A key would travel where anybody can read it"
    hint = "Use an address that begins with https://, or a server on this machine or in your own network."


class NoCreditError(ModelError):
    code = "model-credit-missing"
    title = "There is no credit left for the model"
    hint = "Add some (OpenRouter: https://openrouter.ai/settings/credits), or choose a cheaper one: `vibecode models`."


class ModelGoneError(ModelError):
    code = "model-not-found"
    title = "The server does not have this model"
    hint = "`vibecode models` lists what it has; `vibecode models use MODEL` chooses one."


class ContextTooLongError(ModelError):
    code = "model-context-too-long"
    title = "This is more than the model can read at once"
    hint = "Ask for less at a time, or choose a model with more context: `vibecode models` shows how much each takes."


class ModeratedError(ModelError):
    code = "model-moderated"
    title = "The model's server does not answer this"
    hint = "Put it in other words, or choose another model: `vibecode models`."


class RateLimitError(ModelError):
    code = "model-rate-limited"
    title = "The model's server takes no more requests for now"
    hint = "Wait a minute and run the same command again, or choose another model: `vibecode models`."


class ModelServerFailedError(ModelError):
    code = "model-server-failed"
    title = "The model's server has trouble of its own"
    hint = "Run the same command again in a moment, or choose another model: `vibecode models`."


class ModelUnreachableError(ModelError):
    code = "model-unreachable"
    title = "The model's server does not answer"
    hint = "See to it that it runs and that its address is right: `vibecode models profiles` shows it."


class StreamCutError(ModelError):
    """The answer broke off; what was yielded before is good."""

    code = "model-stream-cut"
    title = "The model's answer broke off"
    hint = "Run the same command again: it goes on where it stopped."


class NotAModelServerError(ModelError):
    code = "model-server-unknown"
    title = "This is no server that speaks the OpenAI protocol"
    hint = "Its address usually ends with /v1: `vibecode models use --url http://localhost:11434/v1`."


class BudgetReachedError(ModelError):
    code = "budget-reached"
    title = "The budget is used up"
    hint = "`vibecode usage` shows what was spent; `vibecode config` says how a budget is changed."


class LedgerError(ModelError):
    code = "ledger-unusable"
    title = "What was spent cannot be written down, so nothing is spent"
    hint = "See to it that VibeCode's data folder can be written to: `vibecode config` shows where it is."


class ProfileError(ModelError):
    code = "model-profile-invalid"
    title = "The profile cannot be used"
    hint = "`vibecode models profiles` lists what there is."


class SignInError(ModelError):
    code = "sign-in-failed"
    title = "The sign-in did not succeed"
    hint = "Run `vibecode models login` again; or make a key on its page and give it to `vibecode models key`."
