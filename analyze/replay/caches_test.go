package replay

import (
	"slices"
	"strings"
	"testing"
)

// TestWhereToolsKeepWhatTheyFetch looks for parts of paths in the layer of the last
// instruction, and for parts that no path may have.
func TestWhereToolsKeepWhatTheyFetch(t *testing.T) {
	for _, c := range []struct{ name, file, left, not string }{
		{"pip", "FROM python:3.12\nRUN pip install flask", "root/.cache/pip/http-v2/", ""},
		{"pip without a cache", "FROM python:3.12\nRUN pip install --no-cache-dir flask", "site-packages/flask/", ".cache"},
		{"pip by an abbreviated flag", "FROM python:3.12\nRUN pip install --no-cache flask", "site-packages/flask/", ".cache"},
		{"pip by another flag", "FROM python:3.12\nRUN pip install --no-compile flask", "root/.cache/pip/http-v2/", "__pycache__"},
		{"pip by the variable", "FROM python:3.12\nENV PIP_NO_CACHE_DIR=0\nRUN pip install flask", "site-packages/flask/", ".cache"},
		{"pip elsewhere", "FROM python:3.12\nENV PIP_CACHE_DIR=/var/p\nRUN pip install flask", "var/p/http-v2/", ".cache"},
		{"uv pip", "FROM python:3.12\nRUN uv pip install --system flask", "root/.cache/uv/", ".cache/pip"},
		{"uv pip without a cache", "FROM python:3.12\nRUN uv pip install --system --no-cache flask", "site-packages/flask/", ".cache"},
		{"uv pip links", "FROM python:3.12\nRUN uv pip install --system flask", "site-packages/flask/", "archive-v0"},
		{"uv pip copies", "FROM python:3.12\nENV UV_LINK_MODE=copy\nRUN uv pip install --system flask", "root/.cache/uv/archive-v0/", "__pycache__"},
		{"uv pip on a mount", "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/uv uv pip install --system flask", "site-packages/flask/", "root/.cache/uv/"},
		{"uv sync", "FROM python:3.12\nWORKDIR /app\nRUN uv sync", "root/.cache/uv/", ".cache/pip"},
		{"uv sync without a cache", "FROM python:3.12\nWORKDIR /app\nENV UV_NO_CACHE=1\nRUN uv sync", "app/.venv/lib/python3.11/site-packages/flask/", ".cache"},
		{"uv venv", "FROM python:3.12\nRUN uv venv --python 3.12 /opt/v", "opt/v/pyvenv.cfg", "site-packages/pip"},
		{"uv tool", "FROM python:3.12\nRUN uv tool install ruff", "root/.local/bin/ruff", ".cache/pip"},

		{"yum itself", "FROM centos:7\nRUN yum install -y make", "var/cache/yum/", "var/cache/dnf"},
		{"yum by another name of the release", "FROM centos:centos7.9.2009\nRUN yum install -y make", "var/cache/yum/", "var/cache/dnf"},
		{"yum of a tag", "FROM nvidia/cuda:11.0-base-centos7\nRUN yum install -y make", "var/cache/yum/", "var/cache/dnf"},
		{"yum of Amazon", "FROM amazonlinux:2\nRUN yum install -y make", "var/cache/yum/", "var/cache/dnf"},
		{"yum of Oracle", "FROM oraclelinux:7-slim\nRUN yum install -y make", "var/cache/yum/", "var/cache/dnf"},
		{"yum of Red Hat", "FROM registry.access.redhat.com/ubi7/ubi\nRUN yum install -y make", "var/cache/yum/", "var/cache/dnf"},
		{"dnf as yum", "FROM centos:8\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of the newest", "FROM centos\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of a stream", "FROM quay.io/centos/centos:stream9\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of a rebuild", "FROM rockylinux:9.3\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of Alma", "FROM almalinux:8.7\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of Amazon", "FROM amazonlinux:2023\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of Oracle", "FROM oraclelinux:8\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of Red Hat", "FROM registry.access.redhat.com/ubi8:8.7\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf as yum of Fedora", "FROM fedora:39\nRUN yum install -y make", "var/cache/dnf/", "var/cache/yum"},
		{"dnf5", "FROM fedora:41\nRUN dnf install -y make", "var/cache/libdnf5/", "var/cache/dnf"},
		{"microdnf", "FROM registry.access.redhat.com/ubi8/ubi-minimal\nRUN microdnf install -y make", "var/cache/yum/metadata/", "var/cache/dnf"},
		{"cleaned by yum", "FROM centos:7\nRUN yum install -y make && yum clean all", "usr/bin/make", "primary"},
		{"cleaned by dnf as yum", "FROM centos:8\nRUN yum install -y make && yum clean all", "usr/bin/make", "primary"},
		{"cleaned by microdnf", "FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN microdnf install -y make && microdnf clean all", "usr/bin/make", "primary"},

		{"Rscript", "FROM r-base\nRUN Rscript -e \"install.packages('dplyr')\"", "site-library/dplyr/", "downloaded_packages"},
		{"R", "FROM r-base\nRUN R -e \"install.packages('dplyr')\"", "site-library/dplyr/", "downloaded_packages"},
		{"littler", "FROM r-base\nRUN install2.r dplyr", "tmp/downloaded_packages/dplyr_1.0.tar.gz", ""},
		{"littler's older script", "FROM r-base\nRUN install.r dplyr", "tmp/downloaded_packages/dplyr_1.0.tar.gz", ""},

		{"conda", "FROM continuumio/miniconda3\nRUN conda install -y numpy", "opt/conda/pkgs/numpy-1.0-py311.conda", "pkgs/numpy-1.0-py311/lib"},
		{"conda cleaned", "FROM continuumio/miniconda3\nRUN conda install -y numpy && conda clean --all -y", "opt/conda/pkgs/numpy-1.0-py311/info/", ".conda"},
		{"conda cleaned of its index", "FROM continuumio/miniconda3\nRUN conda install -y numpy && conda clean -iy", "opt/conda/pkgs/numpy-1.0-py311.conda", "pkgs/cache"},
		{"conda cleaned by force", "FROM continuumio/miniconda3\nRUN conda install -y numpy && conda clean -afy", "site-packages/numpy/", "opt/conda/pkgs/numpy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			left := slices.DeleteFunc(paths(replayed(t, c.file)), func(p string) bool { return strings.HasPrefix(p, "-") })
			if !slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, c.left) }) {
				t.Errorf("there is no %s in %q", c.left, left)
			}
			if i := slices.IndexFunc(left, func(p string) bool { return strings.Contains(p, c.not) }); c.not != "" && i >= 0 {
				t.Errorf("there is %s", left[i])
			}
		})
	}
}
