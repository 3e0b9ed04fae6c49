import CZlib

/// zlib streams (RFC 1950), in which RQ keeps a job's `data` and a failure's traceback.
public enum Zlib {
    /// Why bytes could not be inflated.
    public enum Failure: Error, Equatable, Sendable {
        /// Not a zlib stream, or its contents are damaged.
        case corrupt
        /// The stream stops before its end.
        case truncated
        /// Inflates to more than the allowed number of bytes.
        case larger(thanBytes: Int)
    }

    /// Compresses at zlib's default level; starts with `78 9c`, as Python's `zlib.compress`.
    public static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        let bound = Int(compressBound(uLong(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            var length = uLong(bound)
            let status = compress2(
                output.baseAddress, &length, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION)
            precondition(status == Z_OK, "the output was sized by compressBound")
            count = Int(length)
        }
    }

    /// Inflates a whole stream; bytes after its end are ignored, as Python ignores them.
    ///
    /// - Parameters:
    ///   - bytes: a zlib stream.
    ///   - limitBytes: the most the caller is ready to hold.
    /// - Returns: what was compressed.
    /// - Throws: `Failure`.
    public static func inflate(_ bytes: [UInt8], limitBytes: Int) throws(Failure) -> [UInt8] {
        // One byte more than allowed shows that there is more.
        let ask = limitBytes == .max ? .max : limitBytes + 1
        let (output, isWhole) = try Inflater().run(bytes, upTo: ask)
        guard output.count <= limitBytes else { throw .larger(thanBytes: limitBytes) }
        guard isWhole else { throw .truncated }
        return output
    }

    /// The first bytes of what a stream holds, without inflating the rest.
    ///
    /// - Parameters:
    ///   - bytes: a zlib stream, perhaps cut short.
    ///   - limitBytes: how much to inflate at most.
    /// - Returns: up to `limitBytes` bytes.
    /// - Throws: `Failure.corrupt`.
    public static func start(of bytes: [UInt8], limitBytes: Int) throws(Failure) -> [UInt8] {
        try Inflater().run(bytes, upTo: limitBytes).output
    }
}

/// zlib's inflating state; it must not move, so it lives on the heap.
private struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has memory and is the version this was built with")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Inflates until the stream ends, its bytes end, or `limit` bytes are there.
    func run(_ bytes: [UInt8], upTo limit: Int) throws(Zlib.Failure) -> (
        output: [UInt8], isWhole: Bool
    ) {
        var output: [UInt8] = []
        var consumed = 0
        while output.count < limit {
            let space = min(limit - output.count, max(bytes.count * 4, 1 << 12), 1 << 20)
            let (piece, used, status) = step(bytes[consumed...], space: space)
            output += piece
            consumed += used
            switch status {
            case Z_STREAM_END: return (output, true)
            case Z_OK: continue
            case Z_BUF_ERROR: return (output, false)
            default: throw .corrupt
            }
        }
        return (output, false)
    }

    /// One call of zlib's `inflate`.
    private func step(_ input: ArraySlice<UInt8>, space: Int) -> ([UInt8], used: Int, Int32) {
        var status = Z_OK
        var used = 0
        let piece = [UInt8](unsafeUninitializedCapacity: space) { output, count in
            input.withUnsafeBufferPointer { input in
                let length = UInt32(clamping: input.count)
                // zlib's header forgets const; inflate only reads its input.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = length
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(space)
                status = CZlib.inflate(stream, Z_NO_FLUSH)
                used = Int(length - stream.pointee.avail_in)
                count = space - Int(stream.pointee.avail_out)
            }
        }
        return (piece, used, status)
    }
}
