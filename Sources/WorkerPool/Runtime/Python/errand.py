

# Errands: user code at a job's end that the job's own process cannot run. A horse that has not run
# the job does it, as any other: in its own process group, with its output in the job's log.


def run_errand(app, order, detail, frame, set_title):
    """Runs a job's stopped callback (`stopped`) or sends its webhooks (`finished`, `failed`).

    Or runs the handler for a horse that died (`killed`). `detail` is what the webhooks tell of a
    failure; of the dead horse, its pid, its wait status and what it used. What goes wrong is a
    warning: the job's outcome stands. The answer has the shape of an outcome.
    """
    began = time.time()
    out = [b'returned']
    try:
        job_id = frame[2].decode('utf-8', 'surrogateescape')
        os.environ['RQ_WORKER_ID'] = frame[0].decode('utf-8', 'surrogateescape')
        os.environ['RQ_JOB_ID'] = job_id
        job = app.restore(job_id, dict(zip(frame[4::2], frame[5::2])))
        set_title('rqd: horse %s %s' % (order.decode(), job_id))
        if order == b'stopped':
            app.on_stopped(job, app.death_penalty_class)
        elif order == b'killed':
            pid, status, *usage = detail.decode().split()
            usage = [float(n) for n in usage[:2]] + [int(n) for n in usage[2:]]
            usage = resource.struct_rusage(usage) if usage else None
            app.killed_handler(job, int(pid), int(status), usage)
        elif hasattr(job, 'send_webhooks'):  # rq 2.12 and later
            text = detail.decode('utf-8', 'replace') if order == b'failed' else None
            job.send_webhooks(order.decode(), exc_string=text)
    except BaseException as error:
        if os.getpid() != app.pid:
            leave_to_parent(sys.exc_info())
        out += [b'warning', text_bytes('%s: %s' % (order.decode(), last_line(error)))]
    return out + [b'started', b'%.6f' % began, b'ended', b'%.6f' % time.time()]
