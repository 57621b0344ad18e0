// Package httpapi is the HTTP face of the service.
//
// Under /v1 everything is right. Under /wrong each route repeats one of /v1
// with a mistake that is common in such services; the comment of its handler
// says which, and the function above it is the right twin.
package httpapi

import (
	"github.com/gin-gonic/gin"

	"example.com/invoicing/internal/auth"
	"example.com/invoicing/internal/service"
)

// Handler answers requests.
type Handler struct {
	invoices service.Invoices
	auth     *auth.Authenticator
}

// NewHandler returns a Handler over the service.
func NewHandler(invoices service.Invoices, authenticator *auth.Authenticator) *Handler {
	return &Handler{invoices: invoices, auth: authenticator}
}

// Router tells which handler answers which route.
func (h *Handler) Router() *gin.Engine {
	r := gin.New()
	r.GET("/status", h.Status)

	v1 := r.Group("/v1", h.authenticate, h.activeOrganization)
	v1.GET("/currencies", h.Currencies)
	v1.POST("/invoices", h.CreateInvoice)
	v1.POST("/invoices/export", h.ExportInvoices)
	v1.GET("/invoices/search", h.SearchInvoices)
	v1.GET("/invoices/latest", h.LatestInvoices)
	v1.GET("/invoices/overdue", h.OverdueInvoices)
	v1.GET("/invoices/open", h.CountOpen)
	v1.GET("/invoices/one/:id", h.GetInvoice)
	v1.GET("/invoices/one/:id/lines", h.Lines)
	v1.POST("/invoices/one/:id/pay", h.PayInvoice)
	v1.DELETE("/invoices/one/:id", h.DeleteInvoice)

	wrong := r.Group("/wrong", h.authenticate, h.activeOrganization)
	wrong.POST("/invoices/export", h.ExportInvoicesOfBodyOrg)
	wrong.GET("/invoices/search", h.SearchInvoicesWithoutParentheses)
	wrong.GET("/invoices/latest", h.LatestInvoicesOfWhom)
	wrong.GET("/invoices/overdue", h.OverdueInvoicesOrEverything)
	wrong.GET("/invoices/open", h.CountOpenOfAll)
	wrong.GET("/invoices/one/:id", h.GetInvoiceByIDOnly)
	wrong.GET("/invoices/one/:id/lines", h.LinesByInvoiceOnly)
	wrong.POST("/invoices/one/:id/pay", h.PayAnybodysInvoice)
	wrong.DELETE("/invoices/one/:id", h.DeleteInvoiceUnheeded)

	trusting := r.Group("/wrong/trusting", h.authenticate, h.trustHeader)
	trusting.GET("/invoices/one/:id", h.GetInvoice)
	return r
}
