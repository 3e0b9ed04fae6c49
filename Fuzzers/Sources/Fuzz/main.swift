import CFuzzer
import Glibc

// libFuzzer has a main of its own; whichever of the two the linker takes does this.
var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
let status = withUnsafeMutablePointer(to: &arguments) { pointer in
    pointer.withMemoryRebound(
        to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1
    ) { LLVMFuzzerRunDriver(&count, $0, LLVMFuzzerTestOneInput) }
}
exit(status)
