"""A worker class of the application's own."""
from rq import Worker


class OwnWorker(Worker):
    """RQ's worker as it is; by its own name rqd would run the jobs itself."""
