import Glibc

/// The target that `$RQD_FUZZ_TARGET` names.
private let target: FuzzTarget = {
    let name = getenv("RQD_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        print("fuzz: RQD_FUZZ_TARGET must be one of \(names)")
        exit(64)
    }
    return target
}()

/// Takes one input of libFuzzer's.
///
/// Source: https://llvm.org/docs/LibFuzzer.html#fuzz-target
@_cdecl("LLVMFuzzerTestOneInput")
func take(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    target.take(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
}
