"""Which model is asked, and where: from the environment, or from `.env`."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="LLM_", extra="ignore")

    url: str = ""
    model: str = ""
    key: SecretStr = SecretStr("")
    system: str = "You are a helpful assistant. Answer in a few plain sentences."
