# tenantvet needs the go command to list packages, so that its image is one of Go.
# docker run --rm -v "$PWD:/src" -w /src tenantvet ./...
FROM golang:1.26-bookworm AS build
WORKDIR /tenantvet
COPY go.mod go.sum ./
RUN go mod download
COPY analyzer analyzer
COPY cmd cmd
RUN CGO_ENABLED=0 go build -trimpath -o /out/tenantvet ./cmd/tenantvet

FROM golang:1.26-bookworm
RUN git config --system --add safe.directory '*'
COPY --from=build /out/tenantvet /usr/local/bin/tenantvet
ENTRYPOINT ["tenantvet"]
CMD ["./..."]
