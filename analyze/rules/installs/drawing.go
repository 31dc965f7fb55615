package installs

import "cmp"

// pdf asks whether anything speaks of PDF documents.
func (f *facts) pdf() string {
	return cmp.Or(f.called("pdf*", "*2pdf"), f.says("PDF", ".pdf", "pdf2", "pdf_", "pdfto"))
}

// postScript asks whether something reads PostScript or PDF, which the policy of Debian's package
// forbids until it is changed.
func postScript(f *facts) string {
	return cmp.Or(f.called("gs"), f.says("policy.xml", ".pdf", ".PDF", ".eps", ".ps "))
}

// namesGhostscript asks for a Ghostscript that somebody wanted, which draws documents that bring no
// fonts of their own, and not for one that came with what only sometimes calls it.
func namesGhostscript(f *facts) string {
	if f.namesAny("ghostscript") == "" {
		return ""
	}
	return "Ghostscript draws Chinese, Japanese and Korean text with it where a document brings no font"
}

// openType asks whether documents are set by an engine that loads OpenType fonts.
func openType(f *facts) string {
	return cmp.Or(f.called("xelatex", "lualatex", "xetex", "luatex", "luahbtex", "context"), f.says("xelatex", "lualatex", "-xelatex", "-lualatex"), f.namesAny("texlive-xetex texlive-luatex context"))
}

// phonetics asks whether people's documents are set, who may write in phonetic letters. What R
// makes of help pages and vignettes has none.
func phonetics(f *facts) string {
	if f.called("R", "Rscript") != "" {
		return ""
	}
	return "documents use its fonts and packages"
}

// bundlesQt asks for what copies the plugins of Qt that happen to be installed into a bundle.
func bundlesQt(f *facts) string {
	return f.says("linuxdeploy", "appimage", "AppImage")
}

func latexindent(f *facts) string {
	if why := f.called("latexindent"); why != "" {
		return why
	}
	for _, name := range f.asked {
		if name == "texlive-extra-utils" {
			return name + " is installed: latexindent loads them"
		}
	}
	return ""
}

func (f *facts) sandbox() string {
	if f.says("--no-sandbox") != "" {
		return ""
	}
	return "chromium starts in its sandbox"
}

func (f *facts) videoHardware() string {
	return cmp.Or(f.says("vaapi", "vdpau", "/dev/dri", "h264_qsv", "_qsv", "LIBVA_DRIVER"), f.namesAny(videoLibraries))
}

// looksForDisplays asks whether x11vnc looks for a display or a window by itself: it then calls
// xdpyinfo and xwininfo.
func looksForDisplays(f *facts) string {
	return f.says("-find", "-create", "-svc", "-auth guess", "WAIT:", "pick", "xdpyinfo", "xwininfo")
}

// drawsWithJava asks whether Java may open windows: Java 8 then loads a module of another package, which its
// settings name, and fails without. Where there is no display, it never does.
func drawsWithJava(f *facts) string {
	if f.says("headless=true") != "" {
		return ""
	}
	return cmp.Or(f.called("javaws", "Xvfb", "xvfb-run", "x11vnc", "vncserver"), f.says("awt", "swing", "javafx", "DISPLAY", "X11", "xvfb", "Xvfb", "vnc"), f.namesAny("xvfb x11vnc tigervnc* tightvnc* xserver-* xorg xinit x11-apps"), f.people())
}
