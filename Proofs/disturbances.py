"""What may happen while single jobs come: each takes some seconds, and puts right what it did."""
import contextlib
import signal
import time

import processes
from redis.exceptions import RedisError


class Disturbances:
    """The kinds, by name, on one service; `random` decides about whom and for how long."""

    def __init__(self, service, redis, random):
        self.service, self.redis, self.random = service, redis, random

    # Deaths.

    def kill_worker(self):
        return self.kill(self.service.workers())

    def kill_idle_worker(self):
        return self.kill(self.service.idle_workers())

    def kill_slot_stable(self):
        return self.kill(self.service.titled('rqd: stable ', below_master=False))

    def kill_stable(self):
        return self.kill(self.service.titled('rqd: stable '))

    def kill_scheduler(self):
        return self.kill(self.service.titled('rqd: scheduler'))

    def lose_a_stable_that_loads_slowly(self):
        """The stable is away for seconds; meanwhile a worker loses its slot stable."""
        self.service.load_for(1 + 3 * self.random.random())
        self.kill_stable()
        time.sleep(0.2)
        took_place = self.kill_slot_stable()
        time.sleep(1)
        self.service.load_for(0)
        return took_place

    def kill(self, pids):
        if not pids:
            return False
        processes.send(self.random.choice(pids), signal.SIGKILL)
        return True

    # Processes that stand still.

    def stop_idle_worker(self):
        return self.stand_still(self.service.idle_workers(), 1)

    def stop_two_idle_workers(self):
        return self.stand_still(self.service.idle_workers(), 2)

    def stop_any_worker(self):
        return self.stand_still(self.service.workers(), 1)

    def stop_scheduler(self):
        return self.stand_still(self.service.titled('rqd: scheduler'), 1)

    def stand_still(self, pids, count):
        if len(pids) < count:
            return False
        chosen = self.random.sample(pids, count)
        for pid in chosen:
            processes.send(pid, signal.SIGSTOP)
        time.sleep(0.3 + 4 * self.random.random())
        for pid in chosen:
            processes.send(pid, signal.SIGCONT)
        return True

    # What an operator does.

    def scale(self):
        pool = self.random.choice(sorted(self.service.pools))
        return self.service.order('scale', pool, str(self.random.randint(1, 4)))

    def pause_and_resume(self):
        pool = self.random.choice(sorted(self.service.pools))
        took_place = self.service.order('pause', pool)
        time.sleep(2 * self.random.random())
        return self.service.order('resume', pool) and took_place

    def restart_pool(self):
        return self.service.order('restart', self.random.choice(sorted(self.service.pools)))

    def reload(self):
        """Pools serve other queues than before; each queue goes on being served."""
        self.service.change_queues()
        return self.service.order('reload')

    def stop_and_start(self):
        self.service.restart()
        return True

    # Redis.

    def kill_a_connection(self):
        return self.kill_connections(1)

    def kill_all_connections(self):
        return self.kill_connections(None)

    def forget_scripts(self):
        self.redis.script_flush()
        return True

    def refuse_scripts(self):
        """Claims are refused, and whatever else is a script."""
        self.redis.execute_command('ACL', 'SETUSER', 'rqd', '-@scripting')
        time.sleep(0.2 + self.random.random())
        self.redis.execute_command('ACL', 'SETUSER', 'rqd', '+@scripting')
        return True

    def kill_connections(self, count):
        clients = [c['id'] for c in self.redis.client_list() if c.get('user') == 'rqd']
        chosen = len(clients) if count is None else min(count, len(clients))
        for client in self.random.sample(clients, chosen):
            with contextlib.suppress(RedisError):  # it has ended by itself
                self.redis.client_kill_filter(_id=client)
        return bool(clients)


# How often each happens, as a share of all.
WEIGHTS = {
    'kill_worker': 8, 'kill_idle_worker': 10, 'kill_slot_stable': 8, 'kill_stable': 3,
    'kill_scheduler': 2, 'lose_a_stable_that_loads_slowly': 5, 'stop_idle_worker': 14,
    'stop_two_idle_workers': 4, 'stop_any_worker': 5, 'stop_scheduler': 2, 'scale': 6,
    'pause_and_resume': 6, 'restart_pool': 2, 'reload': 3, 'stop_and_start': 1,
    'kill_a_connection': 8, 'kill_all_connections': 2, 'forget_scripts': 4, 'refuse_scripts': 2,
}
