/** Nothing. */
package services;
