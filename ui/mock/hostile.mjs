// Texts that a device may send, by mistake or on purpose. None may do anything
// on a page but be read. `pwned` is what they would leave behind.
export const markup = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=2</script>',
  '"><svg onload=window.pwned=3>',
  "'onmouseover='window.pwned=4' x='",
  '<iframe srcdoc="<script>parent.pwned=5</script>"></iframe>',
  '</title></style></textarea><base href="//evil.example/"><style>*{display:none}</style>',
  'javascript:window.pwned=6',
  '{{constructor.constructor("window.pwned=7")()}} &lt;b&gt; &#x3C;i>',
  '<a href="javascript:window.pwned=9" style="position:fixed;inset:0;z-index:9999">click</a>',
]

export const escapes = [
  '\u001b]0;pwned title\u0007after a title',
  '\u001b]2;pwned title\u001b\\after another',
  '\u001b[2J\u001b[1;1Hcleared and home',
  '\u001b[10A\u001b[999Dup and left\u001b[K',
  '\u001b[?1049h\u001b[?25l\u001bc reset',
  '\u001b]8;;javascript:window.pwned=10\u0007link\u001b]8;;\u0007',
  '\u001b]52;c;cHduZWQ=\u0007clipboard',
  '\u001b[31mred, never closed',
  '\u001bPq#0;2;0;0;0#0~~\u001b\\sixel',
  'back\b\b\bspace\rover\ttab\u0000nul\u007fdel',
  '\u202Egnp.exe\u202C overridden, \u2066isolated\u2069, \u200Fmark',
  'zero\u200Bwidth\u200Djoiner\uFEFFbom\u2060',
  'lone \uD800 high, low \uDC00 surrogates',
  'combining Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢ tall',
  'مرحبا بالعالم right to left',
]
