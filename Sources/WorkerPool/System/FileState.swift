import Glibc

/// What changes when something is written into a file.
struct FileState: Equatable {
    private let size: off_t
    private let seconds: time_t
    private let nanoseconds: Int

    /// Looks at an open file; nil for what is no regular file, such as a pipe.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        size = status.st_size
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}
