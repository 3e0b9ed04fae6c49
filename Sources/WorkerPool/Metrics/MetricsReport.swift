/// All numbers of the service, as `docs/METRICS.md` lists them.
enum MetricsReport {
    /// Writes them.
    ///
    /// - Parameters:
    ///   - status: how things stand.
    ///   - board: what was counted.
    /// - Returns: OpenMetrics text.
    static func text(_ status: StatusReport, _ board: MetricsBoard) -> String {
        var text = MetricsText()
        write(status, to: &text)
        write(board, to: &text)
        return text.text
    }

    private static func write(_ status: StatusReport, to text: inout MetricsText) {
        text.family("rqd", .info, "The running version.")
        text.sample("_info", [("version", status.version)], 1)
        text.family(
            "rqd_start_time_seconds", .gauge, unit: "seconds",
            "When the master was started, since 1970.")
        text.sample("", [], status.startedAt)
        text.family("rqd_workers_wanted", .gauge, "Workers that a pool is to have.")
        for pool in status.pools { text.sample("", [("pool", pool.name)], pool.workers) }
        text.family("rqd_pool_paused", .gauge, "1 while a pool takes no jobs, else 0.")
        for pool in status.pools { text.sample("", [("pool", pool.name)], pool.paused ? 1 : 0) }
        text.family("rqd_workers", .gauge, "Workers by what they do.")
        for pool in status.pools {
            var counts: [String: Int] = [:]
            for slot in status.slots where slot.pool == pool.name {
                counts[slot.state, default: 0] += 1
            }
            let usual = SlotState.allCases.map(\.word).filter { $0 != "vacant" && $0 != "gone" }
            for state in Set(usual + counts.keys).sorted() {
                text.sample("", [("pool", pool.name), ("state", state)], counts[state] ?? 0)
            }
        }
    }

    private static func write(_ board: MetricsBoard, to text: inout MetricsText) {
        let (jobs, pools) = (board.jobs.all, board.pools.all)
        text.family("rqd_jobs", .counter, "Jobs by what became of them.")
        for (key, cells) in jobs {
            for end in JobEnd.allCases where cells[end.rawValue] > 0 {
                text.sample("_total", job(key) + [("outcome", end.word)], cells[end.rawValue])
            }
        }
        text.family(
            "rqd_job_waiting_seconds", .histogram, unit: "seconds",
            "From a job's being put in its queue to its start.")
        for (key, cells) in board.queues.all {
            text.histogram([("queue", key.first)], .job, cells[...])
        }
        text.family(
            "rqd_job_running_seconds", .histogram, unit: "seconds",
            "How long jobs ran that told what became of them.")
        for (key, cells) in jobs {
            text.histogram(job(key), .job, cells[JobEnd.allCases.count...])
        }
        text.family(
            "rqd_horse_fork_seconds", .histogram, unit: "seconds",
            "From a worker's asking for a process for a job to its having one.")
        for (key, cells) in pools {
            let forks = cells[MetricsBoard.PoolCells.forks..<MetricsBoard.PoolCells.roundTrips]
            text.histogram([("pool", key.first)], .step, forks)
        }
        text.family(
            "rqd_redis_round_trip_seconds", .histogram, unit: "seconds",
            "From a worker's write to Redis to the answer to all that was in it.")
        for (key, cells) in pools {
            let trips = cells[MetricsBoard.PoolCells.roundTrips..<MetricsBoard.PoolCells.restarts]
            text.histogram([("pool", key.first)], .step, trips)
        }
        text.family(
            "rqd_redis_connections_lost", .counter,
            "Connections of workers to Redis that broke or could not be made.")
        for (key, cells) in pools {
            text.sample("_total", [("pool", key.first)], cells[MetricsBoard.PoolCells.lost])
        }
        text.family("rqd_restarts", .counter, "Processes started in the place of one that ended.")
        for (key, cells) in pools {
            text.sample(
                "_total", [("process", "worker"), ("pool", key.first)],
                cells[MetricsBoard.PoolCells.restarts])
        }
        for (key, cells) in board.processes.all {
            text.sample("_total", [("process", key.first)], cells[0])
        }
    }

    private static func job(_ key: SeriesKey) -> MetricsText.Labels {
        [("queue", key.first), ("function", key.second)]
    }
}
