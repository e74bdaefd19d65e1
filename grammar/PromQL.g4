/**
 * PromQL (Prometheus 3.x) with relc's `$name` parameters, the only place where its syntax is
 * written down.
 *
 * The rules are flat: `a + b * -c` is a row of operands and operators. Precedence is data, one row
 * an operator, in compiler/promql/operators.h; so a long row costs neither nesting nor backtracking.
 * What Prometheus parses and then refuses (`x offset 1m offset 2m`, `1[5m]`, `f(a,)`) is accepted
 * here too and refused by the tree builder, with Prometheus' words.
 */
parser grammar PromQL;

options { tokenVocab = PromQLLexer; }

start : expression EOF ;

expression : operand ( binaryOperator operand )* ;

operand : ( ADD | SUB )* primary postfix* ;

primary
    : LPAREN expression RPAREN              # paren
    | ( NUMBER | DURATION )                 # number
    | STRING                                # text
    | aggregator grouping? arguments grouping?  # aggregation
    | functionName arguments                # call
    | metricName matchers?                  # selector
    | matchers                              # selector
    | PARAMETER matchers?                   # parameter
    ;

arguments : LPAREN ( expression ( COMMA expression? )* )? RPAREN ;

grouping : ( BY | WITHOUT ) labels ;

labels : LPAREN labelList? RPAREN ;

labelList : label ( COMMA label )* COMMA? ;

label
    : IDENTIFIER | METRIC_IDENTIFIER | STRING | PARAMETER
    | aggregator | AND | OR | UNLESS | ATAN2 | BOOL | BY | ON | IGNORING | OFFSET | SMOOTHED
    | ANCHORED | GROUP_LEFT | GROUP_RIGHT | FILL | FILL_LEFT | FILL_RIGHT | START | END | STEP
    | RANGE | MAX_OF | MIN_OF
    ;

matchers : LBRACE ( matcher ( COMMA matcher )* COMMA? )? RBRACE ;

matcher
    : LABEL matchOperator ( STRING | PARAMETER )
    | STRING ( matchOperator ( STRING | PARAMETER ) )?
    | PARAMETER
    ;

matchOperator : MATCH_EQ | MATCH_NE | MATCH_RE | MATCH_NOT_RE ;

// --- what can stand behind an operand -------------------------------------------------------

postfix
    : LBRACKET duration ( COLON duration? )? RBRACKET  # range
    | OFFSET offsetDuration                            # offset
    | AT instant                                       # at
    | ( ANCHORED | SMOOTHED )                          # extended
    ;

instant
    : ( ADD | SUB )? ( NUMBER | DURATION )
    | PARAMETER
    | ( START | END ) LPAREN RPAREN
    ;

duration : durationTerm ( ( ADD | SUB | MUL | DIV | MOD | POW ) durationTerm )* ;

durationTerm : ( ADD | SUB )* durationPrimary ;

// No operator follows: `x offset 5m * 2` is `(x offset 5m) * 2`.
offsetDuration : ( ADD | SUB )* durationPrimary ;

durationPrimary
    : NUMBER
    | DURATION
    | PARAMETER
    | ( STEP | RANGE ) LPAREN RPAREN
    | ( MAX_OF | MIN_OF ) LPAREN duration COMMA duration RPAREN
    | LPAREN duration RPAREN
    ;

// --- operators with their modifiers ---------------------------------------------------------

binaryOperator
    : ( OR | AND | UNLESS | EQ | NE | GE | GT | LE | LT | TRIM_UPPER | TRIM_LOWER | ADD | SUB | MUL
      | DIV | MOD | ATAN2 | POW ) BOOL? matching? fill*
    ;

matching : ( ON | IGNORING ) labels groupSide? ;

groupSide
    : ( GROUP_LEFT_LABELS | GROUP_RIGHT_LABELS ) labelList? RPAREN
    | GROUP_LEFT
    | GROUP_RIGHT
    ;

fill : ( FILL | FILL_LEFT | FILL_RIGHT ) LPAREN ( ADD | SUB )? ( NUMBER | DURATION ) RPAREN ;

// --- keywords that are names, too -----------------------------------------------------------

aggregator
    : SUM | AVG | COUNT | MIN | MAX | GROUP | STDDEV | STDVAR | TOPK | BOTTOMK | COUNT_VALUES
    | QUANTILE | LIMITK | LIMIT_RATIO
    ;

functionName : IDENTIFIER | START | END | STEP | RANGE | MAX_OF | MIN_OF ;

metricName
    : IDENTIFIER | METRIC_IDENTIFIER
    | aggregator | AND | OR | UNLESS | BY | WITHOUT | OFFSET | SMOOTHED | ANCHORED | FILL
    | FILL_LEFT | FILL_RIGHT | START | END | STEP | RANGE | MAX_OF | MIN_OF
    ;
