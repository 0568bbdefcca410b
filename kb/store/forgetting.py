"""What is kept of people no longer than the forms say: readers' e-mail addresses, and who tried what from where."""

from kb.config import Settings
from kb.store.attempts import Attempts
from kb.store.contributions import Contributions
from kb.store.folder import DataFolder


def forget(folder: DataFolder, settings: Settings) -> None:
    """Deletes what has had its time, whether or not anybody publishes here. Raises StoreUnwritable."""
    Contributions(folder).tidy(settings.contribution_days)
    Attempts(folder).tidy()
