/**
 * Words of PromQL (Prometheus 3.x) with relc's `$name` parameters.
 *
 * Three modes, because `:` is part of a metric name outside brackets and a separator inside them,
 * and because keywords are plain label names inside braces. Whatever fits no rule becomes a BAD_…
 * token that no parser rule mentions: compiler/promql/lexing.cpp says what is wrong with it.
 */
lexer grammar PromQLLexer;

tokens { COMMA, LPAREN, RPAREN, NUMBER, DURATION, STRING, PARAMETER, ADD, SUB, MUL, DIV, MOD, POW,
         STEP, RANGE, MAX_OF, MIN_OF, BAD_STRING, BAD_NUMBER, BAD_CHARACTER }

WHITESPACE : SPACE+ -> skip ;
COMMENT    : REMARK -> skip ;

LBRACE   : '{' -> pushMode(BRACES) ;
LBRACKET : '[' -> pushMode(BRACKETS) ;
STRAY_RBRACKET : ']' ;

LPAREN0 : '(' -> type(LPAREN) ;
RPAREN0 : ')' -> type(RPAREN) ;
COMMA0  : ',' -> type(COMMA) ;
ADD0    : '+' -> type(ADD) ;
SUB0    : '-' -> type(SUB) ;
MUL0    : '*' -> type(MUL) ;
DIV0    : '/' -> type(DIV) ;
MOD0    : '%' -> type(MOD) ;
POW0    : '^' -> type(POW) ;
ASSIGN  : '=' ;
EQ      : '==' ;
NE      : '!=' ;
GE      : '>=' ;
GT      : '>' ;
LE      : '<=' ;
LT      : '<' ;
TRIM_UPPER : '</' ;
TRIM_LOWER : '>/' ;
AT      : '@' ;

AND    : A N D ;
OR     : O R ;
UNLESS : U N L E S S ;
ATAN2  : A T A N '2' ;

SUM : S U M ;
AVG : A V G ;
COUNT : C O U N T ;
MIN : M I N ;
MAX : M A X ;
GROUP : G R O U P ;
STDDEV : S T D D E V ;
STDVAR : S T D V A R ;
TOPK : T O P K ;
BOTTOMK : B O T T O M K ;
COUNT_VALUES : C O U N T '_' V A L U E S ;
QUANTILE : Q U A N T I L E ;
LIMITK : L I M I T K ;
LIMIT_RATIO : L I M I T '_' R A T I O ;

OFFSET   : O F F S E T ;
SMOOTHED : S M O O T H E D ;
ANCHORED : A N C H O R E D ;
BY       : B Y ;
WITHOUT  : W I T H O U T ;
ON       : O N ;
IGNORING : I G N O R I N G ;
GROUP_LEFT  : G R O U P '_' L E F T ;
GROUP_RIGHT : G R O U P '_' R I G H T ;
// With the parenthesis in the same token the parser need not guess whether it opens the labels of
// the modifier or the right operand: it is always the former.
GROUP_LEFT_LABELS  : G R O U P '_' L E F T GAP* '(' ;
GROUP_RIGHT_LABELS : G R O U P '_' R I G H T GAP* '(' ;
FILL       : F I L L ;
FILL_LEFT  : F I L L '_' L E F T ;
FILL_RIGHT : F I L L '_' R I G H T ;
BOOL       : B O O L ;

START   : S T A R T ;
END     : E N D ;
STEP0   : S T E P -> type(STEP) ;
RANGE0  : R A N G E -> type(RANGE) ;
MAX_OF0 : M A X '_' O F -> type(MAX_OF) ;
MIN_OF0 : M I N '_' O F -> type(MIN_OF) ;

NUMBER0   : ( REAL | I N F | N A N ) -> type(NUMBER) ;
DURATION0 : TIMESPAN -> type(DURATION) ;
STRING0   : QUOTED -> type(STRING) ;
PARAMETER0 : '$' NAME -> type(PARAMETER) ;

IDENTIFIER        : NAME ;
METRIC_IDENTIFIER : [a-zA-Z_:] [a-zA-Z0-9_:]* ;

BAD_NUMBER0    : NUMBERLIKE -> type(BAD_NUMBER) ;
BAD_STRING0    : UNTERMINATED -> type(BAD_STRING) ;
BAD_CHARACTER0 : . -> type(BAD_CHARACTER) ;

mode BRACES;

BRACES_WHITESPACE : SPACE+ -> skip ;
BRACES_COMMENT    : REMARK -> skip ;
RBRACE  : '}' -> popMode ;
MATCH_EQ     : '=' ;
MATCH_NE     : '!=' ;
MATCH_RE     : '=~' ;
MATCH_NOT_RE : '!~' ;
COMMA1  : ',' -> type(COMMA) ;
LABEL   : NAME ;
STRING1    : QUOTED -> type(STRING) ;
PARAMETER1 : '$' NAME -> type(PARAMETER) ;
BAD_STRING1    : UNTERMINATED -> type(BAD_STRING) ;
BAD_CHARACTER1 : . -> type(BAD_CHARACTER) ;

mode BRACKETS;

BRACKETS_WHITESPACE : SPACE+ -> skip ;
BRACKETS_COMMENT    : REMARK -> skip ;
RBRACKET : ']' -> popMode ;
COLON    : ':' ;
LPAREN2  : '(' -> type(LPAREN) ;
RPAREN2  : ')' -> type(RPAREN) ;
COMMA2   : ',' -> type(COMMA) ;
ADD2     : '+' -> type(ADD) ;
SUB2     : '-' -> type(SUB) ;
MUL2     : '*' -> type(MUL) ;
DIV2     : '/' -> type(DIV) ;
MOD2     : '%' -> type(MOD) ;
POW2     : '^' -> type(POW) ;
STEP2    : S T E P -> type(STEP) ;
RANGE2   : R A N G E -> type(RANGE) ;
MAX_OF2  : M A X '_' O F -> type(MAX_OF) ;
MIN_OF2  : M I N '_' O F -> type(MIN_OF) ;
NUMBER2    : REAL -> type(NUMBER) ;
DURATION2  : TIMESPAN -> type(DURATION) ;
PARAMETER2 : '$' NAME -> type(PARAMETER) ;
BAD_WORD       : NAME ;
BAD_NUMBER2    : NUMBERLIKE -> type(BAD_NUMBER) ;
BAD_CHARACTER2 : . -> type(BAD_CHARACTER) ;

fragment SPACE  : [ \t\r\n] ;
fragment REMARK : '#' ~[\r\n]* ;
fragment GAP    : SPACE | REMARK ;
fragment DIGIT  : [0-9] ;
fragment NAME   : [a-zA-Z_] [a-zA-Z0-9_]* ;

fragment REAL
    : '0' [xX] '_'? [0-9a-fA-F] [0-9a-fA-F_]*
    | DIGIT ( DIGIT | '_' )* ( '.' DIGIT* )? EXPONENT?
    | '.' DIGIT+ EXPONENT?
    ;
fragment EXPONENT : [eE] [+-]? DIGIT+ ;
// Order and repetition of the units are checked later, as Prometheus does.
fragment TIMESPAN : DIGIT+ [smhdwy] 's'? ( DIGIT+ [smhdw] 's'? )* ;
fragment NUMBERLIKE : ( DIGIT | '.' DIGIT ) [a-zA-Z0-9_.]* ;

fragment QUOTED
    : '"' ( '\\' . | ~["\\\n] )* '"'
    | '\'' ( '\\' . | ~['\\\n] )* '\''
    | '`' ~'`'* '`'
    ;
fragment UNTERMINATED
    : '"' ( '\\' . | ~["\\\n] )* '\\'?
    | '\'' ( '\\' . | ~['\\\n] )* '\\'?
    | '`' ~'`'*
    ;

fragment A : [aA] ; fragment B : [bB] ; fragment C : [cC] ; fragment D : [dD] ;
fragment E : [eE] ; fragment F : [fF] ; fragment G : [gG] ; fragment H : [hH] ;
fragment I : [iI] ; fragment K : [kK] ; fragment L : [lL] ; fragment M : [mM] ;
fragment N : [nN] ; fragment O : [oO] ; fragment P : [pP] ; fragment Q : [qQ] ;
fragment R : [rR] ; fragment S : [sS] ; fragment T : [tT] ; fragment U : [uU] ;
fragment V : [vV] ; fragment W : [wW] ; fragment X : [xX] ; fragment Y : [yY] ;
