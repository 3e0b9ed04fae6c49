/// One entry of the stream `rq:results:<job>`: how one run of a job ended.
///
/// A `None` return has no return value at all. RQ 1 writes only the type, the exception and
/// the return value; RQ 2.6 adds the worker, RQ 2.12 the execution.
///
/// Source: RQ 3.0.0, `rq/results.py`, `Result.serialize` and `Result.restore`.
public struct ResultEntry: Hashable, Sendable {
    /// What kind of end it was.
    public var type: ResultType
    /// The worker that ran the job; nil when nobody did, as after an abandoned run.
    public var workerName: WorkerName?
    /// The traceback or the reason; on the wire base64 of a zlib stream of UTF-8.
    public var exceptionText: String?
    /// What the function returned, serialised; on the wire base64.
    public var returnValue: [UInt8]?
    /// The run.
    public var executionID: ExecutionID?
    /// When the run's job was claimed.
    public var startedAt: Timestamp?
    /// When the run ended.
    public var endedAt: Timestamp?

    /// The most an exception's text may inflate to, 64 MiB.
    static let textLimitBytes = 64 << 20

    /// An entry of these parts.
    public init(
        type: ResultType, workerName: WorkerName? = nil, exceptionText: String? = nil,
        returnValue: [UInt8]? = nil, executionID: ExecutionID? = nil,
        startedAt: Timestamp? = nil, endedAt: Timestamp? = nil
    ) {
        self.type = type
        self.workerName = workerName
        self.exceptionText = exceptionText
        self.returnValue = returnValue
        self.executionID = executionID
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    /// Reads an entry of any version.
    ///
    /// - Parameter fields: the inner array of the stream entry.
    /// - Throws: `WireError` when the type is missing or a field cannot be read.
    public init(fields: FieldList) throws(WireError) {
        guard let number = try fields.integer("type") else {
            throw WireError(field: "type", expected: "a whole number", found: nil)
        }
        type = ResultType(number: number)
        workerName = fields.bytes("worker_name").map(WorkerName.init(bytes:))
        exceptionText = try Self.exceptionText(fields)
        returnValue = try Self.returnValue(fields)
        executionID = fields.bytes("execution_id").map(ExecutionID.init(bytes:))
        startedAt = try fields.epoch("execution_started_at")
        endedAt = try fields.epoch("execution_ended_at")
    }

    /// The fields in the order in which RQ 3 writes them, without those that are nil;
    /// `worker_name` is always there.
    public var fields: FieldList {
        var fields = FieldList()
        fields.append("type", String(type.number))
        fields.append("worker_name", workerName?.bytes ?? [])
        if let exceptionText {
            fields.append("exc_string", Base64.encode(Zlib.deflate(Array(exceptionText.utf8))))
        }
        if let returnValue { fields.append("return_value", Base64.encode(returnValue)) }
        if let executionID { fields.append("execution_id", executionID.bytes) }
        if let startedAt { fields.append("execution_started_at", startedAt.epochText) }
        if let endedAt { fields.append("execution_ended_at", endedAt.epochText) }
        return fields
    }

    /// When the entry was written, from its id in the stream, `<milliseconds>-<number>`.
    public static func writtenAt(entryID: [UInt8]) -> Timestamp? {
        let milliseconds = entryID.prefix { $0 != UInt8(ascii: "-") }
        guard let count = PythonInteger.parse(milliseconds) else { return nil }
        let (micros, overflow) = count.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : Timestamp(microseconds: micros)
    }

    private static func exceptionText(_ fields: FieldList) throws(WireError) -> String? {
        guard let text = fields["exc_string"] else { return nil }
        guard !text.isEmpty else { return "" }
        let wrong = WireError(
            field: "exc_string", expected: "base64 of a zlib stream", found: text)
        guard let packed = Base64.decode(text) else { throw wrong }
        do {
            let bytes = try Zlib.inflate(packed, limitBytes: textLimitBytes)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw wrong
        }
    }

    private static func returnValue(_ fields: FieldList) throws(WireError) -> [UInt8]? {
        guard let text = fields["return_value"] else { return nil }
        guard let value = Base64.decode(text) else {
            throw WireError(field: "return_value", expected: "base64", found: text)
        }
        return value
    }
}
