import CLinux
import Glibc

/// The worker's end of the socket to its slot stable.
///
/// *Worker process.* Datagrams whose parts are separated by NUL; stable.py lists them. Who speaks has
/// the jobs' rights, and may be what a job has made of it: so who has sent a message the kernel says,
/// and a process that it names must be its own child; what does not fit is nonsense.
struct SlotStableSocket: ~Copyable {
    /// What a slot stable says.
    enum Message {
        /// The stable has forked it; it is yet to say hello.
        case forked(ProcessIdentity)
        case hello(ProcessIdentity, rqVersion: String, pythonVersion: String, stacks: Int32)
        case horse(ProcessIdentity, socket: Int32, output: Int32, lifeline: Int32)
        /// A horse was started that loads the application and says so on `report`.
        case loading(
            ProcessIdentity, socket: Int32, output: Int32, lifeline: Int32, report: Int32)
        case noFork(reason: String)
        case exit(HorseEnding)
        /// What the job of this horse has left is being killed: how many processes, one's name.
        case left(pid: Int32, count: Int, name: String)
        /// It is gone.
        case end
        /// Not understood.
        case nonsense(String)
    }

    private let socket: OwnedDescriptor
    private var sender: SlotStableSender
    /// Whether it can tell what jobs have left.
    ///
    /// A stable of before an upgrade cannot, nor does it say that it has forked.
    private var seesLeftovers = false

    /// Asks the stable for a slot stable.
    ///
    /// - Parameters:
    ///   - control: the stable's socket, shared by all its workers.
    ///   - name: `POOL/SLOT`, for titles.
    ///   - jobsPerHorse: after how many jobs a horse ends.
    ///   - account: whose rights it has.
    /// - Throws: `SystemCallError` when the stable's socket is full or there is none.
    init(
        askingThrough control: Int32, name: String, jobsPerHorse: Int, of account: JobAccount
    ) throws(SystemCallError) {
        guard let owner = account.owner else {
            throw SystemCallError(call: "getpwnam", subject: account.user ?? "", errno: ENOENT)
        }
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &pair) == 0 else {
            throw .last("socketpair", name)
        }
        let ours = OwnedDescriptor(adopting: pair[0])
        rqd_set_cloexec(pair[0], 1)
        rqd_set_nonblocking(pair[0])
        guard rqd_want_credentials(pair[0]) == 0 else {
            close(pair[1])
            throw .last("setsockopt", "SO_PASSCRED of \(name)")
        }
        let request = Array("\(name) \(jobsPerHorse)".utf8)
        let sent = rqd_send_descriptors(
            control, request, request.count, [pair[1]], 1, Int32(MSG_DONTWAIT))
        let failure = SystemCallError.last("sendmsg", "stable of \(name)")
        close(pair[1])
        guard sent >= 0 else { throw failure }
        socket = ours
        sender = SlotStableSender(owner: owner, master: getppid())
    }

    /// For the event loop.
    var descriptor: Int32 { socket.number }

    /// Asks for a horse, ahead of need.
    func askForHorse() { say("F") }

    /// Has the slot stable end what jobs leave running.
    func endLeftovers() { say("L") }

    /// Has each horse give itself this place among those whom the kernel kills for want of memory.
    ///
    /// A process that is not dumpable lets none but root do that from outside.
    func adjustHorses(oomScore: Int) { say("O\(oomScore)") }

    /// Lets the slot stable reap a horse whose end is understood.
    ///
    /// What is older than the present job, and nobody's, was left by a job that has ended.
    ///
    /// - Parameters:
    ///   - pid: the horse.
    ///   - begun: when the present job began, in clock ticks since boot; 0 for none.
    func release(_ pid: Int32, before begun: UInt64) {
        say(seesLeftovers ? "R\(pid) \(begun)" : "R\(pid)")
    }

    /// Nothing is said or heard any more; the next look finds the end.
    func hangUp() { shutdown(socket.number, Int32(SHUT_RDWR)) }

    /// The next message, or nil when there is none.
    mutating func receive() -> Message? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var descriptors: [Int32] = [-1, -1, -1, -1]
        var count: Int32 = 0
        var credentials = rqd_credentials()
        let length = rqd_receive_descriptors(
            socket.number, &buffer, buffer.count, &descriptors, 4, &count, &credentials,
            Int32(MSG_DONTWAIT))
        if length < 0 { return errno == EAGAIN || errno == EINTR ? nil : .end }
        let received = Array(descriptors.prefix(Int(count)))
        guard length > 0 else {
            for descriptor in received { close(descriptor) }
            return .end
        }
        let message = message(buffer[..<length], received, credentials)
        if case .forked = message { seesLeftovers = true }
        if !message.hasDescriptors { for descriptor in received { close(descriptor) } }
        return message
    }

    private func say(_ text: String) {
        // A slot stable that is gone says so by the end of its socket.
        _ = text.withCString {
            send(socket.number, $0, strlen($0), Int32(MSG_NOSIGNAL))
        }
    }

    private mutating func message(
        _ bytes: ArraySlice<UInt8>, _ descriptors: [Int32], _ credentials: rqd_credentials
    ) -> Message {
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let pid = parts.count > 1 ? Int32(parts[1]) : nil
        do throws(SlotStableLie) {
            switch (parts[0], pid) {
            case ("forked", let pid?): return .forked(try sender.forked(pid, by: credentials))
            case ("left", let pid?) where parts.count == 4:
                try sender.isStable(credentials)
                return .left(pid: pid, count: Int(parts[2]) ?? 0, name: parts[3])
            case ("hello", _) where parts.count == 5 && descriptors.count == 1:
                try sender.demand(S_IFIFO, of: descriptors)
                return .hello(
                    try sender.hello(from: credentials), rqVersion: parts[2],
                    pythonVersion: parts[3], stacks: descriptors[0])
            case ("horse", let pid?) where descriptors.count == 3:
                try sender.demand(S_IFSOCK, of: [descriptors[0], descriptors[2]])
                try sender.demand(S_IFIFO, of: [descriptors[1]])
                return .horse(
                    try sender.horse(pid, by: credentials), socket: descriptors[0],
                    output: descriptors[1], lifeline: descriptors[2])
            case ("loading", let pid?) where descriptors.count == 4:
                try sender.demand(S_IFSOCK, of: [descriptors[0], descriptors[2]])
                try sender.demand(S_IFIFO, of: [descriptors[1], descriptors[3]])
                return .loading(
                    try sender.horse(pid, by: credentials), socket: descriptors[0],
                    output: descriptors[1], lifeline: descriptors[2], report: descriptors[3])
            case ("nofork", _):
                try sender.isStable(credentials)
                return .noFork(reason: parts.dropFirst().joined(separator: " "))
            case ("exit", let pid?) where parts.count == 3 || parts.count == 4:
                try sender.isStable(credentials)
                guard let status = Int32(parts[2]) else { return .nonsense(parts[2]) }
                let usage = parts.count == 4 ? parts[3] : ""
                return .exit(HorseEnding(waitStatus: status, pid: pid, usage: usage))
            default: return .nonsense(parts.joined(separator: " "))
            }
        } catch {
            return .nonsense("\(parts[0]): \(error)")
        }
    }
}

extension SlotStableSocket.Message {
    /// Whether the descriptors that came with it are its own.
    fileprivate var hasDescriptors: Bool {
        switch self {
        case .hello, .horse, .loading: true
        case .forked, .noFork, .exit, .left, .end, .nonsense: false
        }
    }
}
