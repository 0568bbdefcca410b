"""The queue: one writer at a time, the others wait where they can see how many are before them."""

from dataclasses import dataclass

from kb.store.database import Database


@dataclass(frozen=True)
class Job:
    """Work on a submission: `read` (and check), `publish`, or `preview`: show it as it would look."""

    id: int
    submission: str
    publisher: str
    work: str
    queued: str
    begun: int
    """How often it has been begun: more than once where a writer was killed while at it."""


_JOBS = (
    "SELECT jobs.id, submission, publisher, work, queued, begun FROM jobs JOIN submissions "
    "ON submissions.id = submission ORDER BY jobs.id"
)


class Queue(Database):
    """The queue of one data folder, in the order in which work was asked for."""

    def jobs(self) -> list[Job]:
        """All that waits; the first is being done where `begun` is not 0."""
        return [Job(*row) for row in self.rows(_JOBS)]

    def before(self, submission: str) -> int | None:
        """How many jobs come before that of the submission; None where it has none."""
        waiting = [job.submission for job in self.jobs()]
        return waiting.index(submission) if submission in waiting else None

    def begin(self) -> Job | None:
        """The job that is to be done now, noted as begun; for the one writer. None where nothing waits."""
        if not (waiting := self.jobs()):
            return None
        job = waiting[0]
        with self.transaction() as connection:
            connection.execute("UPDATE jobs SET begun = begun + 1 WHERE id = ?", (job.id,))
        return Job(job.id, job.submission, job.publisher, job.work, job.queued, job.begun + 1)

    def wait(self, job: Job) -> None:
        """Leaves the job where it is: something else has to end first."""
        with self.transaction() as connection:
            connection.execute("UPDATE jobs SET begun = begun - 1 WHERE id = ?", (job.id,))

    def done(self, job: Job) -> None:
        """Takes the job out, unless it has become the next piece of work on its submission."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ? AND work = ?", (job.id, job.work))
