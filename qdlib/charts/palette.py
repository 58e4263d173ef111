"""The colours of figures and pages: one name, one meaning, one value for light and one for dark.

Gives `PALETTE` (token -> light hex, dark hex). Figures are drawn with the light values only; the page turns each of them into
a CSS variable, so that one drawing serves both modes. The same hue always means the same thing.
"""

PALETTE: dict[str, tuple[str, str]] = {
    "ink": ("#1d2a33", "#e6ebee"),
    "soft": ("#5b656d", "#a9b4bc"),
    "line": ("#dfe4e8", "#3a4650"),
    "axis": ("#848f97", "#7f8b94"),
    "paper": ("#ffffff", "#14191d"),
    "sea": ("#0b5c8a", "#6fb7e0"),        # the chosen series
    "sea_pale": ("#7fa8c5", "#3f7396"),   # second of a stack
    "grass": ("#6f9a66", "#86b27c"),      # third of a stack
    "older": ("#858f95", "#8c979e"),      # older editions, peers
    "coral": ("#bd4b34", "#ef8a72"),      # targets, the thing to notice
    "teal": ("#22796f", "#5cc0b3"),       # forecasts
    "teal_band": ("#a9d0c9", "#2f5f59"),  # 80 % band
    "teal_pale": ("#d9ebe8", "#24423f"),  # 95 % band
    "sand": ("#f1ebdd", "#3a3425"),       # a break
    "sand_ink": ("#84661f", "#d9bb77"),   # its name
}
LIGHT: dict[str, str] = {token: pair[0] for token, pair in PALETTE.items()}
