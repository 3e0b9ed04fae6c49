import Glibc
import Logging

/// What the log says of the master's children.
///
/// *Master process.*
extension Nursery {
    /// The scheduler ended; with status 0 it was told to, or was through.
    func logEndOfScheduler(pid: Int32, _ ending: Ending) {
        let fields: Logger.Metadata = ["pid": "\(pid)", "ending": "\(ending)"]
        if ending == .exited(code: 0) {
            log.debug("scheduler ended", metadata: fields)
        } else {
            log.error("scheduler died", metadata: fields)
        }
    }

    /// A worker ended; `last` was in its record.
    func logEnd(of slot: MasterSlot, pid: Int32, _ ending: Ending, _ last: SlotReading) {
        var more: Logger.Metadata = ["pid": "\(pid)", "ending": "\(ending)"]
        switch ending {
        case .exited(WorkerExit.finished), .exited(WorkerExit.wantsSuccessor),
            .exited(WorkerExit.needsName):
            log.debug("worker ended", metadata: fields(slot, more))
        case .exited, .killed:
            more["state"] = "\(last.state)"
            if !last.jobID.isEmpty { more["RQ_JOB_ID"] = "\(last.jobID)" }
            log.warning("worker died", metadata: fields(slot, more))
        }
    }

    /// A stable ended, which is as it should be during a stop only.
    func logEnd(
        ofStable index: Int, pid: Int32, _ ending: Ending, _ report: LoadingReport,
        isStopping: Bool
    ) {
        var fields: Logger.Metadata = [
            "pid": "\(pid)", "ending": "\(ending)",
            "interpreter": "\((prepared ?? roster).stables[index].python.interpreter)",
        ]
        if isStopping {
            log.debug("stable ended", metadata: fields)
        } else if !report.failure.isEmpty {
            fields["reason"] = "\(report.failure)"
            log.error("application cannot be loaded", calls: report.calls, metadata: fields)
        } else {
            log.error("stable died", metadata: fields)
        }
    }

    /// Says once, at the start, which pools' jobs have all rights on this machine.
    ///
    /// `rqd worker` prints what `rq worker` prints, which says nothing.
    func warnOfRoot() {
        let pools = roster.pools.filter { $0.account.user == nil }.map(\.name)
        guard geteuid() == 0, !pools.isEmpty, LogForm.of(log) != .classic else { return }
        log.warning("jobs run as root", metadata: ["pools": "\(pools.joined(separator: ","))"])
    }

    /// A pool has scaled by itself.
    func logScaled(_ pool: Int, _ from: Int, _ to: Int, waited: Duration?) {
        var fields: Logger.Metadata = [
            "RQD_POOL": "\(roster.pools[pool].name)", "from": "\(from)", "to": "\(to)",
        ]
        fields["waited"] = waited.map { "\(JobWording.span($0))" }
        log.notice("pool scales by itself", metadata: fields)
    }

    /// A slot waits before its next worker is started.
    func logPostponed(_ slot: MasterSlot, _ wait: Duration) {
        log.warning(
            "worker is restarted later",
            metadata: fields(slot, ["after": "\(DurationText.text(wait))"]))
    }

    /// A worker did not stop in time.
    func logOverdue(_ slot: MasterSlot) {
        log.error(
            "worker did not stop in time and is killed",
            metadata: fields(slot, ["pid": "\(slot.pid ?? 0)"]))
    }

    /// A worker makes no steps any more.
    func logHung(_ slot: MasterSlot) {
        let reading = slot.reading
        log.error(
            "worker hangs and is killed",
            metadata: fields(slot, ["pid": "\(slot.pid ?? 0)", "state": "\(reading.state)"]))
    }

    /// A stable does not answer its workers any more.
    func logHung(stable index: Int, pid: Int32) {
        log.error("stable hangs and is killed", metadata: fields(ofStable: index, pid))
    }

    /// What names a stable.
    private func fields(ofStable index: Int, _ pid: Int32) -> Logger.Metadata {
        let python = (prepared ?? roster).stables[index].python
        return [
            "pid": "\(pid)", "interpreter": "\(python.interpreter)",
            "preload": "\(python.preload.joined(separator: ","))",
        ]
    }

    /// A dead worker's job could not be settled before the end.
    func logUnsettled(_ slot: MasterSlot) {
        log.error(
            "dead worker's job is left for the next start to settle", metadata: fields(slot, [:]))
    }

    /// One line for each slot.
    func logSlots(_ slots: [MasterSlot]) {
        for slot in slots where !slot.isVacant {
            let reading = slot.reading
            var more: Logger.Metadata = [
                "state": "\(slot.isRestarting ? "restarting" : "\(reading.state)")",
                "pid": "\(slot.pid ?? 0)", "generation": "\(slot.generation)",
                "succeeded": "\(reading.succeeded)", "failed": "\(reading.failed)",
            ]
            if !reading.jobID.isEmpty { more["RQ_JOB_ID"] = "\(reading.jobID)" }
            if let started = reading.jobStarted, !reading.jobID.isEmpty {
                more["since"] = "\(DurationText.text(.now() - started))"
            }
            if !reading.complaint.isEmpty { more["complaint"] = "\(reading.complaint)" }
            log.notice("slot", metadata: fields(slot, more))
        }
    }

    /// What names a worker, and more.
    func fields(_ slot: MasterSlot, _ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(
            [
                "RQD_POOL": "\(roster.pools[slot.pool].name)", "RQD_SLOT": "\(slot.number)",
                "RQ_WORKER": "\(roster.workerName(slot))",
            ]
        ) { given, _ in given }
    }
}
