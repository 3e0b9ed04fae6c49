/// Where what a horse says or prints is read into, before it is copied to where it belongs.
///
/// *Worker process.* One room for all: it is made once, and not for each read, two of which out of
/// three find nothing.
enum ReadingRoom {
    /// 64 KiB, valid until the next read.
    // A worker has one thread, and whoever reads has copied before anybody else does.
    nonisolated(unsafe) static let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 64 * 1024, alignment: 16)
}
