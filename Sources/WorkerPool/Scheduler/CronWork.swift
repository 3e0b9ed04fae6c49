import Logging
import RQ
import RedisKit

/// Queueing the entries of `[cron]`: one scheduler of a fleet leads and does it.
extension Scheduler {
    /// How often the lead is renewed, and asked for; it lives for 61 s.
    private static let leadInterval = Duration.seconds(5)

    /// Does what is due of the calendar.
    ///
    /// - Returns: when to come back; nil if there are no entries.
    func turnCron() -> MonotonicTime? {
        guard !cron.lines.isEmpty, link?.isUp == true else { return nil }
        let leadAt = cronLeadAt ?? .now()
        if leadAt <= .now() {
            seekLead()
            cronLeadAt = .now() + Self.leadInterval
        }
        while link?.isUp == true, let (index, entry, moment) = cron.due(at: serverTime) {
            queue(index, entry, moment)
        }
        guard let lead = cronLeadAt, let due = cron.nextDue else { return cronLeadAt }
        return min(lead, MonotonicTime.now() + max(due - serverTime, .milliseconds(1)))
    }

    /// Redis is away: so is the lead.
    func leaveCron() {
        cron.follow()
        cronLeadAt = nil
    }

    private func seekLead() {
        let request = identity.take(
            .cron, for: SchedulerIdentity.lifetime, replacing: deadPeer, at: .now())
        guard ask({ try $0.call(request) { $0.integer == 1 } }) == true else {
            return cron.follow()
        }
        if !cron.isLeading {
            let questions = cron.lines.map { line in
                Command("ZSCORE", .bytes(identity.keys.cronJobs), .text(line.entry.name))
            }
            guard let answers = ask({ try $0.pipeline(questions) }) else { return }
            let lasts = answers.map { answer in
                answer.text.flatMap { try? Timestamp(epochText: Array($0.utf8), field: "score") }
            }
            cron.lead(lasts: lasts, at: serverTime)
            log.info("cron entries are queued here", metadata: ["entries": "\(cron.lines.count)"])
        }
        showCron()
    }

    private func showCron() {
        let entries = cron.lines.map { ($0.entry, last: $0.last, next: $0.next) }
        _ = ask { try $0.call(identity.showCron(card, entries, at: .now())) { _ in } }
    }

    private func queue(_ index: Int, _ entry: CronEntry, _ moment: Timestamp) {
        let request: ScriptRequest
        do {
            request = try identity.queue(entry, for: moment, at: .now())
        } catch {
            log.error(
                "cron entry cannot be queued",
                metadata: ["entry": "\(entry.name)", "reason": "\(error)"])
            return cron.drop(index)
        }
        let reply = ask { link in
            try link.call(request) { view in Result { try CronReply.read(view) } }.get()
        }
        switch reply {
        case .queued(let id)?:
            log.info(
                "cron entry queued",
                metadata: [
                    "entry": "\(entry.name)", "RQ_QUEUE": "\(entry.queue)", "RQ_JOB_ID": "\(id)",
                ])
            cron.queued(index, last: serverTime, at: serverTime)
            showCron()
        case .done(let last)?: cron.queued(index, last: last, at: serverTime)
        case .notLeading?: cron.follow()
        case nil: cron.postpone(index, until: .now() + Self.leadInterval)
        }
    }
}
