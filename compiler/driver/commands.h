#pragma once
// One function a command; the table in command_line.cpp names them.

#include "compiler/driver/command_line.h"

namespace relc::driver {

int runCheck(const Invocation&);
int runBuild(const Invocation&);
int runFmt(const Invocation&);
int runExplain(const Invocation&);
int runInit(const Invocation&);
int runFaultTree(const Invocation&);
int runGraph(const Invocation&);
int runRisks(const Invocation&);
int runWhy(const Invocation&);
int runWhatIf(const Invocation&);
int runDebug(const Invocation&);
int runHelp(const Invocation&);

/// `relc debug faulttree`; the phase is taken out of the arguments.
int debugFaultTree(const Invocation&);

/// `relc explain --expr`: what is known of the results of an expression.
int explainExpression(const Invocation&);

} // namespace relc::driver
