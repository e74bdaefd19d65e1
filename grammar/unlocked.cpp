// The lock of ANTLR's runtime around what recognizers learn, as a lock that does nothing: here each
// thread has its own (recognizer.h). The linker puts these in place of the runtime's, see --wrap.

extern "C" {
void __wrap__ZN8antlrcpp27SingleWriteMultipleReadLock8readLockEv(void* /*lock*/) {}
void __wrap__ZN8antlrcpp27SingleWriteMultipleReadLock10readUnlockEv(void* /*lock*/) {}
void __wrap__ZN8antlrcpp27SingleWriteMultipleReadLock9writeLockEv(void* /*lock*/) {}
void __wrap__ZN8antlrcpp27SingleWriteMultipleReadLock11writeUnlockEv(void* /*lock*/) {}
}
