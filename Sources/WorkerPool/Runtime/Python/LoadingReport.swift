/// What a stable tells of loading the application, as its master has heard it so far.
///
/// Lines of a word, a space and a text: `loading app.tasks (preload)`, `loaded`, `failed REASON`,
/// `call LINE` for each line of the calls that led to the failure, `unsafe` and a
/// `ForkHazard`, `pages REASON` where there are no huge pages. Between them, at a signal, what
/// Python's faulthandler writes of the main thread. Source: `stable.py`.
struct LoadingReport: Equatable, Sendable {
    /// What is being imported, for example `app.tasks (preload)`; "" before the first.
    private(set) var subject = ""
    /// Whether all is loaded.
    private(set) var isLoaded = false
    /// Why the application cannot be loaded, in one printable line; "" for nothing.
    private(set) var failure = ""
    /// The calls that led there, the most recent last; printable.
    private(set) var calls: [String] = []
    /// What makes forking the application unsafe.
    private(set) var hazards: [ForkHazard] = []
    /// Why the kernel gives no huge pages, in one printable line; "" for nothing.
    private(set) var pageRefusal = ""
    /// Where the import was when it was asked last; "" before it has answered.
    var place: String { ImportPlace.of(dump) }

    private var line: [UInt8] = []
    private var dump: [UInt8] = []

    /// The most lines of calls that are kept.
    static let mostCalls = 200

    /// The line that says why it failed, for a stable without an interpreter.
    static func failed(_ reason: String) -> String { "failed \(reason)\n" }

    /// Reads what has come.
    mutating func read(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            take(line)
            line.removeAll(keepingCapacity: true)
        }
    }

    private mutating func take(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("Stack (") { dump.removeAll() }
        if text.hasPrefix("Stack (") || text.hasPrefix("  ") {
            dump += line + [UInt8(ascii: "\n")]
            return
        }
        let rest = PrintableText.of(String(text.drop { $0 != " " }.dropFirst()))
        switch text.prefix(while: { $0 != " " }) {
        case "loading": subject = rest
        case "loaded": isLoaded = true
        case "failed": failure = rest
        case "pages": pageRefusal = rest
        case "unsafe" where hazards.count < Self.mostCalls:
            if let hazard = ForkHazard(line: String(text.dropFirst("unsafe ".count))) {
                hazards.append(hazard)
            }
        case "call" where calls.count < Self.mostCalls: calls.append(rest)
        case _: break  // What a module prints on any descriptor is none of ours.
        }
    }
}
