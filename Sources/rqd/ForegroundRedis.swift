import ArgumentParser
import Glibc
import RedisKit
import WorkerPool

/// What `rqd worker` and `rqd worker-pool` ask Redis before they start anything, as rq does.
struct ForegroundRedis {
    /// Which server, and the prefix of the keys.
    let redis: RedisConfiguration
    /// Whether somebody waits for the end of the work: without Redis there is nothing to wait for.
    let isBurst: Bool

    /// Between two tries, in milliseconds.
    private static let pause: Int32 = 200

    /// Leaves where rq would: RQ is suspended, or, in burst mode, Redis does not answer.
    ///
    /// - Parameter heedsSuspension: whether to leave if RQ is suspended; workers of a pool wait.
    /// - Throws: 1 when RQ is suspended, 69 when Redis does not answer within `connect_timeout`;
    ///   each after a line that says so.
    func ask(heedsSuspension: Bool) throws {
        let endpoint: Endpoint
        do {
            endpoint = try redis.endpoint()
        } catch {
            return  // The worker says what is wrong with it.
        }
        // One that is to stay is not kept waiting here: it finds out by itself later.
        let longest = endpoint.connectTimeout ?? redis.connectTimeout
        let patience = isBurst ? longest : min(longest, .seconds(1))
        let end = ContinuousClock.now + patience
        while true {
            switch answer(from: endpoint, within: patience) {
            case .success(let isSuspended):
                guard isSuspended, heedsSuspension else { return }
                let line = "RQ is currently suspended, to resume job execution run \"rq resume\""
                print(Terminal.text(line, .red))
                throw ExitCode.failure
            case .failure(let error):
                // A worker that is to stay waits for Redis, however long that takes.
                guard isBurst else { return }
                guard ContinuousClock.now < end else {
                    Complaint.say("rqd: \(error)")
                    throw ExitStatus.unavailable.error
                }
                poll(nil, 0, Self.pause)
            }
        }
    }

    /// Whether RQ is suspended.
    private func answer(
        from endpoint: Endpoint, within patience: Duration
    ) -> Result<Bool, RedisError> {
        do throws(RedisError) {
            let connection = try Connection(to: endpoint, name: "rqd", timeout: patience)
            defer { connection.close() }
            let key = "\(redis.keyPrefix):suspended"
            let reply = try connection.call(Command("EXISTS", .text(key)), timeout: patience)
            return .success(reply.integer == 1)
        } catch {
            return .failure(error)
        }
    }
}
